"""The signed paper of a sitting that a proctor closed."""
