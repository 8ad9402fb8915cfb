"""The gradient of -a has the wrong sign.

fails: neg
diagnosis: sign
"""


def negative(self):
    return Value(-self.data, ((self, 1.0),))


Value.__neg__ = negative
