"""The WSGI application: `granian --interface wsgi anju.faces.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.settings")

application = get_wsgi_application()
