"""The WSGI application: `granian --interface wsgi anju.faces.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from anju.foundation.lib.loading import for_good

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.settings")

with for_good():
    application = get_wsgi_application()
