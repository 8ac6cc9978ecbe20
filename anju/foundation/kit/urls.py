from django.urls import path

from anju.foundation.access.doors import door
from anju.foundation.kit import views

app_name = "kit"
urlpatterns = [
    path("prefer", door(anonymous=True, methods="POST")(views.prefer), name="prefer"),
    path("gallery", door(anonymous=True, methods="GET")(views.gallery), name="gallery"),
]
