"""The algebra of the paper and of the library, by symbols: an identity proved here holds for all sizes.

Each proof starts from the recursion or the definition, not from the library's code.
"""

import mpmath as mp
import pytest
import sympy as sp
from sympy import Rational, exp, log, pi, sqrt

N, n, m, s, j = sp.symbols("N n m s j", positive=True)
p, S0, eps, a = sp.symbols("p S_0 varepsilon a", positive=True)

alpha = n / (N + n)
beta = alpha * ((1 + 1 / N) * alpha - 1 / N)  # as the paper defines it
D = 1 + (1 + 1 / N) * alpha
S1 = 1 / N + (1 - 1 / N) * S0


def is_zero(expression):
    """Whether it vanishes identically: the numerator, once everything is brought to one denominator."""
    numerator = sp.expand(sp.numer(sp.together(expression)))
    return numerator == 0 or (not numerator.is_polynomial(*numerator.free_symbols) and sp.simplify(numerator) == 0)


def equation_9(power, sign):
    """S_{m+1} with beta^m written `power`; the sign is -1 in print and +1 corrected."""
    constant = (1 / N) * (1 + 2 * alpha - (1 - 1 / N) * alpha * power) / D
    return constant + (1 - 1 / N) * S0 / D * (1 + alpha + sign * (alpha / N) * power)


# Theorem 1, equation (6) ------------------------------------------------------------------------------------------


def test_equation_6_solves_its_recursion():
    """n samples agree as one with chance 1/n, as their model otherwise: S_m = 1/n + (1 - 1/n) S_{m-1}."""
    k = sp.Symbol("k", integer=True, nonnegative=True)
    S = sp.Function("S")
    solved = sp.rsolve(S(k + 1) - 1 / n - (1 - 1 / n) * S(k), S(k), {S(0): S0})
    assert is_zero(solved - (1 - (1 - 1 / n) ** k * (1 - S0)))


def test_equation_6_with_one_sample_more_does_not_solve_it():
    def wrong(generation):
        return 1 - (1 - 1 / (n + 1)) ** generation * (1 - S0)

    assert not is_zero(wrong(2) - 1 / n - (1 - 1 / n) * wrong(1))


# Theorem 2, equation (9) ------------------------------------------------------------------------------------------

nu_1 = p / N + (1 - 1 / N) * p**2


def papers_step(nu):
    """nu^(m) from nu^(m-1), the mean of (p_i^(m))^2, as the paper has it."""
    return (1 - alpha) * (1 + 2 * alpha) * p / N + (1 - 1 / N) * (1 - alpha**2) * p**2 + beta * nu


def test_the_papers_recursion_follows_from_the_mixture():
    """p^(m) = (1 - alpha) p^(1) + alpha p_hat, where E p_hat^2 = nu + (p - nu)/n and E p^(1) p_hat = nu_1."""
    nu = sp.Symbol("nu")
    mixed = (1 - alpha) ** 2 * nu_1 + 2 * alpha * (1 - alpha) * nu_1 + alpha**2 * (nu + (p - nu) / n)
    assert is_zero(mixed - papers_step(nu))


def test_the_first_model_and_a_later_one_have_the_mean_product_of_the_first_with_itself():
    """c_{m+1} = (1 - alpha) nu_1 + alpha c_m with c_1 = nu_1: a fixed point."""
    assert is_zero((1 - alpha) * nu_1 + alpha * nu_1 - nu_1)


def test_beta_is_n_times_n_minus_one_over_the_square_of_the_whole():
    assert is_zero(beta - n * (n - 1) / (N + n) ** 2)


def test_the_two_identities_that_give_equation_9():
    assert is_zero((1 - beta) - (1 - alpha) * (1 + alpha + alpha / N))
    assert is_zero((beta - alpha**2) + (alpha / N) * (1 - alpha))


def summed_step(S):
    """The paper's recursion summed over the tokens: S_m from S_{m-1}."""
    return (1 - alpha) * (1 + 2 * alpha) / N + (1 - 1 / N) * (1 - alpha**2) * S0 + beta * S


def test_corrected_equation_9_follows_from_the_papers_recursion():
    """Induction on m: it is S_1 at m = 0, and beta^m -> beta^(m+1) is one step of the recursion."""
    power = sp.Symbol("b")
    assert is_zero(equation_9(1, +1) - S1)
    assert is_zero(equation_9(beta * power, +1) - summed_step(equation_9(power, +1)))


def test_corrected_equation_9_is_what_rsolve_finds():
    """The same from a solver of recursions, with numbers for N and n."""
    k = sp.Symbol("k", integer=True, nonnegative=True)
    S = sp.Function("S")
    at = {N: 5, n: 20}
    step = sp.expand(summed_step(S(k)).subs(at))
    solved = sp.rsolve(S(k + 1) - step, S(k), {S(0): S1.subs(at)})
    assert is_zero(solved - equation_9(beta**k, +1).subs(at))


def unrolled(factor, power):
    """[1 - beta^(m+1) - factor (1 - beta^m)]/(1 - beta), as the proof has its coefficients; beta^m is `power`."""
    return ((1 - beta * power) - factor * (1 - power)) / (1 - beta)


def test_the_line_before_the_last_display_forces_the_plus():
    """Its coefficient of (1 - 1/N) p_i^2 has - alpha^2 (1 - beta^m)/(1 - beta): the plus, not the minus."""
    power = sp.Symbol("b")
    plus, minus = ((1 + alpha + sign * alpha / N * power) / D for sign in (+1, -1))
    assert is_zero(unrolled(alpha**2, power) - plus)
    assert not is_zero(unrolled(alpha**2, power) - minus)


def test_the_line_before_the_last_display_needs_another_factor_in_its_first_coefficient():
    """alpha (2 alpha - 1), by the recursion; with alpha (2 - alpha), as printed, the next does not follow."""
    power = sp.Symbol("b")
    last = (1 + 2 * alpha - (1 - 1 / N) * alpha * power) / D
    assert is_zero((1 - alpha) * (1 + 2 * alpha) - 1 + alpha * (2 * alpha - 1))
    assert is_zero(unrolled(alpha * (2 * alpha - 1), power) - last)
    assert not is_zero(unrolled(alpha * (2 - alpha), power) - last)


def test_both_coefficients_of_the_proof_start_at_one_and_obey_its_recursion():
    """c_{m+1} = constant + beta c_m with c_1 = 1: (1 - alpha)(1 + 2 alpha) for p_i/N, 1 - alpha^2 for p_i^2."""
    power = sp.Symbol("b")
    for factor, constant in (
        (alpha * (2 * alpha - 1), (1 - alpha) * (1 + 2 * alpha)),
        (alpha**2, 1 - alpha**2),
    ):
        assert is_zero(unrolled(factor, 1) - 1)
        assert is_zero(unrolled(factor, beta * power) - constant - beta * unrolled(factor, power))


def test_with_one_synthetic_sample_beta_is_zero_and_generation_2_is_at_the_bound():
    """So "0 < beta", and with it the strict inequality, needs n >= 2."""
    at_one = {n: 1}
    assert is_zero(beta.subs(at_one))
    assert is_zero((equation_9(beta, +1) - equation_9(0, +1)).subs(at_one))


def test_printed_equation_9_obeys_the_recursion_but_starts_elsewhere():
    """The theorem begins at m = 1: one step from S_1 is not its S_2, whose error is forgotten at the rate beta."""
    power = sp.Symbol("b")
    assert is_zero(equation_9(beta * power, -1) - summed_step(equation_9(power, -1)))
    assert not is_zero(equation_9(beta, -1) - summed_step(S1))


def test_another_limit_would_not_obey_the_recursion():
    """The negative control of the induction step."""
    power = sp.Symbol("b")
    wrong = equation_9(power, +1) + S0 / N
    assert not is_zero(wrong.subs(power, beta * power) - summed_step(wrong))


def test_at_m_0_the_misprint_is_twice_the_last_term():
    assert is_zero((S1 - equation_9(1, -1)) - 2 * (1 - 1 / N) * S0 * (alpha / N) / D)


def test_the_corrected_formula_in_terms_of_diversity():
    """1 - S_{m+1} = (1 - 1/N)(1 - S_0)[1 + alpha + (alpha/N) beta^m]/D."""
    power = sp.Symbol("b")
    diversity = (1 - 1 / N) * (1 - S0) * (1 + alpha + (alpha / N) * power) / D
    assert is_zero(1 - equation_9(power, +1) - diversity)


def test_the_printed_formula_is_not_of_that_form():
    """Its 1 - S_{m+1} does not even vanish at a Dirac truth, where every model is the truth."""
    assert is_zero((1 - equation_9(beta, +1)).subs(S0, 1))
    assert not is_zero((1 - equation_9(beta, -1)).subs(S0, 1))


def test_the_papers_bound_is_the_limit_of_many_generations():
    bound = 1 - (1 - 1 / N) * (1 + alpha) * (1 - S0) / D
    assert is_zero(equation_9(0, +1) - bound)


def test_much_synthetic_data_leave_the_sigma_of_the_first_model():
    """As n grows alpha and beta tend to 1, and the corrected formula to S_1."""
    assert sp.limit(alpha, n, sp.oo) == sp.limit(beta, n, sp.oo) == 1
    assert is_zero(sp.limit(equation_9(beta**2, +1), n, sp.oo) - S1)


def test_the_printed_remark_is_the_limit_of_the_printed_formula():
    remark = 1 / N + (1 - 1 / N) * (2 - 1 / N) * S0 / (2 + 1 / N)
    assert is_zero(sp.limit(equation_9(beta**2, -1), n, sp.oo) - remark)


def test_the_printed_remark_is_not_s_1():
    assert not is_zero(1 / N + (1 - 1 / N) * (2 - 1 / N) * S0 / (2 + 1 / N) - S1)


# Deviations from the first model ----------------------------------------------------------------------------------


def test_the_saturating_constant_is_alpha_squared_over_one_minus_alpha_squared():
    assert is_zero(alpha**2 / (1 - alpha**2) - n**2 / (N * (N + 2 * n)))


def test_the_saturating_bound_is_the_fixed_point_of_the_recursion():
    """D = alpha^2 (v/n + D) at D = v n/(N (N + 2n))."""
    v = sp.Symbol("v", positive=True)
    fixed = v * n / (N * (N + 2 * n))
    assert is_zero(alpha**2 * (v / n + fixed) - fixed)


def test_the_saturating_bound_tends_to_half_the_diversity_over_n():
    assert sp.limit(n / (N * (N + 2 * n)), n, sp.oo) == 1 / (2 * N)


def test_the_geometric_sum_of_equation_18_is_n_over_big_n():
    """sum_j alpha^j = alpha/(1 - alpha) = n/N."""
    assert is_zero(alpha / (1 - alpha) - n / N)


def test_theorem_3_is_the_geometric_sum_times_one_integrated_tail():
    """The integral of exp(-n phi eps^2/4) is sqrt(pi/(n phi)); at phi = 2, times n/N, it is (1/N) sqrt(pi n/2)."""
    phi = sp.Symbol("phi", positive=True)
    tail = sp.integrate(exp(-n * phi * eps**2 / 4), (eps, 0, sp.oo))
    assert is_zero(tail - sqrt(pi / (n * phi)))
    assert is_zero(n / N * tail.subs(phi, 2) - sqrt(pi * n / 2) / N)


# Equations (10) and (11) ------------------------------------------------------------------------------------------

C0 = exp(3) / (2 * pi)
C1 = 6 * sp.E / pi ** Rational(3, 2)


def test_the_exponent_of_the_first_regime_is_e_squared_over_four_pi():
    assert sp.simplify(C0 / (2 * sp.E) - exp(2) / (4 * pi)) == 0


def test_the_first_entry_of_equation_11_is_the_first_regime():
    """C_0 n/e + 2 <= s means n <= 2 pi e^-2 (s - 2)."""
    assert sp.simplify((s - 2) * sp.E / C0 - 2 * pi * exp(-2) * (s - 2)) == 0


def test_equation_11_is_half_the_exponent_of_theorem_3():
    """Theorem 3 in its first regime is (6 e s/(sqrt(2) pi N)) sqrt(n) exp(e^2 n/(4 pi)).

    At (11), exp(e^2 n/(2 pi)) = sqrt(2) pi N eps/(6 e s), so the bound is eps sqrt(n) exp(-e^2 n/(4 pi)).
    """
    bound = sqrt(pi * n / 2) / N * C1 * s * exp(C0 * n / (2 * sp.E))
    assert sp.simplify(bound / (6 * sp.E * s / (sqrt(2) * pi * N) * sqrt(n) * exp(exp(2) * n / (4 * pi)))) == 1
    largest = 2 * pi * exp(-2) * log(sqrt(2) * pi * N * eps / (6 * sp.E * s))
    at_equality = sp.simplify(exp(exp(2) * largest / (2 * pi)) - sqrt(2) * pi * N * eps / (6 * sp.E * s))
    assert at_equality == 0


def test_the_square_root_in_theorem_3_never_outgrows_the_half_exponent():
    """sqrt(n) exp(-e^2 n/(4 pi)) is largest at n = 2 pi/e^2, where it is below 1: so (11) suffices."""
    x = sp.Symbol("x", positive=True)
    left = sqrt(x) * exp(-exp(2) * x / (4 * pi))
    (top,) = sp.solve(sp.diff(log(left), x), x)
    assert sp.simplify(top - 2 * pi / exp(2)) == 0
    assert left.subs(x, top).evalf() < 1


# Theorem 4's printed proof ----------------------------------------------------------------------------------------


def test_the_printed_step_of_theorem_4_needs_half_the_cross_term():
    """(N^2 L + N n + n^2/4)/(N + n)^2 is 1/4 - (1/4 - L)(N/(N + n))^2 only with N n/2 in place of N n."""
    L = sp.Symbol("L")

    def bounded(cross):
        return (N**2 * L + cross + n**2 / 4) / (N + n) ** 2

    claimed = Rational(1, 4) - (Rational(1, 4) - L) * (N / (N + n)) ** 2
    assert not is_zero(bounded(N * n) - claimed)
    assert is_zero(bounded(N * n / 2) - claimed)


# All the past -----------------------------------------------------------------------------------------------------


def test_accumulation_multiplies_diversity_by_one_minus_one_over_n_m_squared():
    """p^(m+1) = (m p^(m) + p_hat)/(m + 1): 1 - S_{m+1} = (1 - S_m)(1 - 1/(n (m + 1)^2))."""
    S = sp.Symbol("S")
    following = (m**2 * S + 2 * m * S + 1 / n + (1 - 1 / n) * S) / (m + 1) ** 2
    assert is_zero((1 - following) - (1 - S) * (1 - 1 / (n * (m + 1) ** 2)))


def gamma_product(last):
    """prod_{j=1}^last (1 - a^2/j^2) in gamma functions."""
    return (
        sp.gamma(last + 1 - a)
        * sp.gamma(last + 1 + a)
        / (sp.gamma(1 - a) * sp.gamma(1 + a) * sp.gamma(last + 1) ** 2)
    )


def test_the_product_of_accumulation_in_gamma_functions():
    """Induction: 1 at m = 0, and the ratio of neighbours is the next factor."""
    assert sp.simplify(gamma_product(0)) == 1
    assert is_zero(sp.gammasimp(gamma_product(j) / gamma_product(j - 1)) - (1 - a**2 / j**2))


def test_the_product_of_accumulation_tends_to_sin_x_over_x():
    """Gamma(m+1-a) Gamma(m+1+a)/Gamma(m+1)^2 -> 1, and 1/(Gamma(1-a) Gamma(1+a)) = sin(pi a)/(pi a): Euler."""
    assert is_zero(sp.gammasimp(1 / (sp.gamma(1 - a) * sp.gamma(1 + a))) - sp.sin(pi * a) / (pi * a))

    def product(last):
        third = mp.mpf(1) / 3
        return mp.gammaprod([last + 1 - third, last + 1 + third], [1 - third, 1 + third, last + 1, last + 1])

    limit = float(mp.sinc(mp.pi / 3))
    assert float(product(10**3)) == pytest.approx(limit, rel=2e-4)
    assert float(product(10**6)) == pytest.approx(limit, rel=2e-7)
