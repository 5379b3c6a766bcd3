"""stub"""


class Examined:
    is_good = True


def examine(*a):
    return Examined()
