"""How drawings and the pages behind step_through write a number, said once more: by hand, from Python's general format."""

RAISED = dict(zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))


def written(x, digits=6):
    """Python's general format, with a true minus sign; very small and very large numbers as products with a power of 10."""
    text = f"{x:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}·10{''.join(RAISED[c] for c in str(int(exponent)))}"
    return ("0" if text == "-0" else text).replace("inf", "∞").replace("-", "−")
