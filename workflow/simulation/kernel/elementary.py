"""Logarithm, exponential and the normal quantile out of + - * / and the square root alone.

Those are exact to the last bit on every machine; what a system's library makes of `log` and `exp` is not, nor what a compiler makes
of them. Errors stay below one unit in the last place (`log`, `exp`: the methods of fdlibm, Sun Microsystems 1993) and below 1e-15
relative (`normal_quantile`: Wichura, "Algorithm AS 241", Applied Statistics 37, 1988).
"""

from __future__ import annotations

from math import floor, frexp, ldexp, sqrt

from workflow.simulation.kernel.jit import jitable

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10


@jitable
def log(x: float) -> float:
    """The natural logarithm of a positive number."""
    fraction, exponent = frexp(x)
    if fraction < 0.7071067811865476:
        fraction, exponent = fraction * 2.0, exponent - 1
    f = fraction - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332))
    odd = z * (0.6666666666666735130 + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591)))
    half = 0.5 * f * f
    return exponent * _LN2_HIGH - ((half - (s * (half + (even + odd)) + exponent * _LN2_LOW)) - f)


@jitable
def exp(x: float) -> float:
    """e to the power of x; 0 below -700, and beyond 700 what it is at 700."""
    if x < -700.0:
        return 0.0
    x = min(x, 700.0)
    k = floor(x * 1.44269504088896338700 + 0.5)
    high, low = x - k * _LN2_HIGH, k * _LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
        )
    )
    return ldexp(1.0 - ((low - (r * c) / (2.0 - c)) - high), k)


@jitable
def normal_quantile(p: float) -> float:
    """The number a standard normal variable stays below with chance p, 0 < p < 1."""
    q = p - 0.5
    if abs(q) <= 0.425:
        return _middle(q, 0.180625 - q * q)
    r = sqrt(-log(p if q < 0 else 1.0 - p))
    tail = _shoulder(r - 1.6) if r <= 5.0 else _far(r - 5.0)
    return -tail if q < 0 else tail


@jitable
def _middle(q: float, r: float) -> float:
    above = 2.5090809287301226727e3
    for each in (3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4, 1.3731693765509461125e4):
        above = above * r + each
    for each in (1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0):
        above = above * r + each
    below = 5.2264952788528545610e3
    for each in (2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4, 5.3941960214247511077e3):
        below = below * r + each
    for each in (6.8718700749205790830e2, 4.2313330701600911252e1, 1.0):
        below = below * r + each
    return q * above / below


@jitable
def _shoulder(r: float) -> float:
    above = 7.74545014278341407640e-4
    for each in (2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0, 3.64784832476320460504e0):
        above = above * r + each
    for each in (5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0):
        above = above * r + each
    below = 1.05075007164441684324e-9
    for each in (5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1, 6.89767334985100004550e-1):
        below = below * r + each
    for each in (1.67638483018380384940e0, 2.05319162663775882187e0, 1.0):
        below = below * r + each
    return above / below


@jitable
def _far(r: float) -> float:
    above = 2.01033439929228813265e-7
    for each in (2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2, 2.96560571828504891230e-1):
        above = above * r + each
    for each in (1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0):
        above = above * r + each
    below = 2.04426310338993978564e-15
    for each in (1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4, 1.48753612908506148525e-2):
        below = below * r + each
    for each in (1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0):
        below = below * r + each
    return above / below
