"""People who sign in, the officers among them, the roles they hold and the sessions they are in."""
