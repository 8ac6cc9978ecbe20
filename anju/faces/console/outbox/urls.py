"""Addresses of messages: one's own, the outbox, channels, webhooks."""

from django.urls import path

from anju.faces.console.outbox import gateways, push, views, webhooks

app_name = "messages"
urlpatterns = [
    path("messages", views.mine, name="mine"),
    path("messages/read", views.read, name="read"),
    path("messages/address", views.address, name="address"),
    path("messages/push", push.push, name="push"),
    path("messages/worker.js", push.worker, name="worker"),
    path("messages/<uuid:id>", views.message, name="message"),
    path("outbox", views.outbox, name="outbox"),
    path("outbox/retry", views.retry, name="retry"),
    path("outbox/discard", views.discard, name="discard"),
    path("channels", gateways.gateways, name="gateways"),
    path("channels/new/<str:kind>", gateways.new_gateway, name="new_gateway"),
    path("channels/<uuid:id>", gateways.gateway, name="gateway"),
    path("channels/<uuid:id>/test", gateways.test, name="test_gateway"),
    path("webhooks", webhooks.webhooks, name="webhooks"),
    path("webhooks/new", webhooks.new_webhook, name="new_webhook"),
    path("webhooks/<uuid:id>", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:id>/secret", webhooks.new_secret, name="new_secret"),
    path("webhooks/<uuid:id>/test", webhooks.test, name="test_webhook"),
]
