"""What is right and wrong in five public pages of lecture notes, found by hand, before anything was checked.

The pages themselves lie elsewhere: of each row there are its line, its place within the block that begins there, a verdict
and why, in our words. `benchmarks/notes.py --pages FOLDER` compares.

    D  a definition, or notation: nothing that could be wrong     R  right, whatever stands around it
    W  wrong as it is written                                     ?  right or not, as what is not said there may be
    U  cannot be read: what a scanner has left of it

What would be right in place of each wrong row, and the arithmetic of that, is notes_by_hand.py.
"""

TRUTH = {
    "000": """
        12 D            cross-entropy of one sigmoid
        17 W sign       −t/o − (1−t)/(1−o), and the second has a plus
        19 R
        21 R            t_o is t·o, and it goes away
        23 R
        31 R            o is the sigmoid of net, in words
        33 D            net is w0 x0 + … + wn xn
        35 R
        37 R
        39 ?            σ for o, and a prime
        41 R
        45 R
        55 D
        57 D
        59 R
        61 R
        63 D
        67 D
        69 D            layout of a Jacobian
        73 R
        86 D
        88 D
        90 R
        92 D
        94 D
        96 R
        98 D
        100 D
        102 R
        110 D
        112 R
        114 D
        116 R
        118 R
        120 U           -0.0000 and a struck .0
        122 ?           θ for o
        124 W operator  a minus where two factors meet
        126 ?           θ for o
        128 ?           θ for o, o_o for o_0
        130 W factor    θ1 is missing in the last term
        132 ?           θ for o
        134 ?           if t0 = 1 − t1
        136 ?           t_f
    """,
    "001": """
        3 D             sigmoid
        5.1 R
        5.2 R
        5.3 R
        5.4 R
        5.5 R
        5.6 R
        5.7 R
        5.8 R
        5.9 R
        5.10 R
        5.11 R
        7 D
        9 D
        11 W sign       y/ŷ − (1−y)/(1−ŷ) within the bracket
        13 R
        16.1 R
        16.3 R          ∂θᵀx/∂θ = x
        16.4 W sign     the same sign as in line 11
        16.5 R
        16.6 R
        16.7 R
        16.8 R
        18 D
        20 W sign       the step goes uphill
        39 D
        41 ?            S of which class; j counts the sum as well
        47 R
        51 R
        55 R
        59 W number     e^0.12 is 1.13
        61 W number     1.24 stands for 1.27; these do not sum up to 18.41
        63 R
        67 D
        84.1 R
        84.2 R
        86 D
        88 D
        90 W index      y2 stands where y1 belongs, twice
    """,
    "002": """
        19 R            L is the cross-entropy
        23 R
        27 W sign       the minus between a and y is lost
        36.1 R
        36.2 R
        36.3 R
        40.1 D
        40.2 D
        40.3 D
        45 R
        73 R
        75 R
        77 R
        90 D
        92 R
        94 R
        96 R
        123 R
        125 R
        127 R
        154 R
        156 R
        158 R
    """,
    "003": """
        3 W number      0.07 stands for 0.01, and the result is that of neither
        11 W hat        ∂L/∂y where ŷ belongs
        13 R
        15 R
        17 ?            z on the left, x on the right
        21 U            g(z+1) is a scanned g^(l+1)
        23 R
        25 R
        27 W sign       the minus in front is lost
        29 W factor     e^(−x) and a square are lost
        33 R
        35 R
        37 R
        41 R
        43 ?            δ for σ; a is σ(x)
        46 W order      dL/da is no dL/dz·da/dz
        48 ?            ȳ for ŷ
        50 W name       g for a in front; the numbers are right
        52 W number     0.7413565 for 0.741365
        58.1 D
        58.2 D
        66 D
        70 D
        76 D
        78 R
        80 R
        82 R
        84 ?            z on the left, x on the right
        88 R            digits cut off
        92 W number     0.596884
        94 W number     0.596884
        96 D
        98 D
        102 R
        104 ?           z on the left, x on the right
        106 R
        108 D
        110 R
        116 R
        118 R
        120 R
        126 R
        128 R
        130 W sign      y − ŷ
        132 R
        136 ?           a vector for one of its entries
        138 R
        140 R
        144 R
        148 R
        150 W number    0.40·0.138499
        152 R
        154 R
        156 R           digits cut off
        158 W name      this is σ′, and no g
        160 R
        162 W number    0.015039
        166 ?           a row of a matrix
        168 W number    0.0006684
        170 R
        174.1 W number  0.0007487
        174.2 W number  0.0014974
        176 R
        178 W number    0.0149…, in whatever digits: 0.014974 is neither of those above
        182 D
        184 D
        188 R
        190 R
        192 R
        194 R
        196 R
        200 R           digits cut off
        202 R
        204 W number    0.246257
        206 W number    0.292513
        208 R
        210 R
        212 R
        217 W number    0.375232
        219 W number    0.434919
        221 W number    0.591635
        223 W number    0.596088
        225.1 W operator  a plus where a product belongs
        225.2 W number  0.98671, of what the row above means; of what it says 1.72506
        227 W number    0.728327
        231 R
    """,
    "004": """
        7 D
        14 D
        18 D
        22 ?            goes on further down
        36 D
        40.1 R
        40.2 R
        50 R
        54.1 R
        54.2 R
        56 R
        62 R            g, h: any functions
        64 D
        66 W index      i stands where l belongs, in ŷ_l and exp(a)_l
        78 R
        82 R
        86 R
        90 R
        96 R
        100 D
        104 D
        106 ?           which i
        108 ?           which i
        110 ?           which i
        112 ?           which i
        116 D
        118 W sign      the minus in front is lost
        124 ?           a vector less one of its entries
        126 R
        134 R
        144 R
        148 D
        160 ?           a column of a matrix
        166 ?           a column of a matrix
        168 ?           columns of a matrix
        178 R
        180 R
        182 R
        184 R
        191 W factor    ∂y is lost in one of the fractions
        195 R
        197 R
        201 D
        203 R
        211 R
        213 D
        215 D
        217 W index     h_k and h_{k−2} where h_{k−1} belongs
    """,
}


def rows(page):
    """(line, place in its block, verdict, why) for each row of a page."""
    for text in TRUTH[page].strip().splitlines():
        place, verdict, *why = text.split(maxsplit=2)
        line, _, row = place.partition(".")
        yield int(line), int(row or 1), verdict, " ".join(why)
