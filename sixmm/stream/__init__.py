"""The life of a connection: session, inbox, timer, subscriptions, back-off and reconcile."""
