"""How the pages behind step_through write a number, said once more in Python."""


def written(x, digits=6):
    """Python's general format, with a true minus sign and no zeros or plus in front of the exponent."""
    text = f"{x:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return ("0" if text == "-0" else text).replace("-", "−")
