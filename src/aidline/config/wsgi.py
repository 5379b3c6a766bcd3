"""Django, for `bridge` or for any WSGI server that an operator prefers for pages."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aidline.config.settings")

application = get_wsgi_application()
