"""How passwords are kept: Argon2id with 19 MiB, two passes, one lane.

About 25 ms a password: a shift of 500 people signs in within seconds, and a stolen table still
costs 19 MiB for each guess.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Django's hasher with the parameters OWASP names for small servers."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
