from django.urls import path

from anju.faces.console.accounts.views import mine, signing_in, users

app_name = "account"
urlpatterns = [
    path("sign-in", signing_in.sign_in, name="sign_in"),
    path("sign-in/code", signing_in.code, name="code"),
    path("sign-out", signing_in.sign_out, name="sign_out"),
    path("set-up/<str:token>", signing_in.set_up, name="set_up"),
    path("link/<str:token>", signing_in.link, name="link"),
    path("account/password", mine.password, name="password"),
    path("account/second-factor", mine.second_factor, name="second_factor"),
    path("account/pin", mine.pin, name="pin"),
    path("account/pin/take", mine.take_pin, name="take_own_pin"),
    path("account/badge/end", mine.end_badge, name="end_own_badge"),
    path("account/devices", mine.devices, name="devices"),
    path("account/devices/<uuid:id>/revoke", mine.revoke_device, name="revoke_device"),
    path("account/tokens", mine.tokens, name="tokens"),
    path("account/tokens/<uuid:id>/revoke", mine.revoke_token, name="revoke_token"),
    path("users", users.users, name="users"),
    path("users/new", users.new_user, name="new_user"),
    path("users/badges", users.badges, name="badges"),
    path("users/<uuid:id>/pin", users.take_pin, name="take_pin"),
    path("users/<uuid:id>/badge/end", users.end_badge, name="end_badge"),
    path("users/<uuid:id>", users.user, name="user"),
    path("users/<uuid:id>/grant", users.grant, name="grant"),
    path("users/<uuid:id>/reset", users.reset, name="reset"),
    path("users/<uuid:id>/lock", users.lock, name="lock"),
    path("users/<uuid:id>/unlock", users.unlock, name="unlock"),
    path("users/<uuid:id>/roles/<uuid:grant>/revoke", users.revoke, name="revoke"),
]
