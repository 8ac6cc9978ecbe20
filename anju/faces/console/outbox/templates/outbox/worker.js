{% load static %}importScripts('{% static 'outbox/push-worker.js' %}');
