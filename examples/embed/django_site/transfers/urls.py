from django.urls import path

from transfers import views

urlpatterns = [
    path("", views.index, name="index"),
    path("login", views.login, name="login"),
    path("branches/<slug:branch>", views.page, name="page"),
    path("branches/<slug:branch>/session", views.enter_session, name="session"),
    path("branches/<slug:branch>/summary", views.enter_summary, name="summary"),
    path("branches/<slug:branch>/moves/apply", views.apply),  # the move that has a row of ours beside it
    path("branches/<slug:branch>/moves/<slug:move>", views.make_move, name="move"),
]
