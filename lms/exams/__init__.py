"""The exam engine: papers drawn by specification, attempts as append-only steps, results as pure functions of both."""
