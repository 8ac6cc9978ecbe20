"""Django's settings for the floor: the product's database, as the owner, and nothing else."""

import os

from anju.foundation.server.connections import databases

DATABASES = {"default": {**databases(os.environ)["owner"], "CONN_HEALTH_CHECKS": False}}
ROOT_URLCONF = "benchmarks.floor"
ALLOWED_HOSTS = ["*"]
SECRET_KEY = "floor"
USE_TZ = True
