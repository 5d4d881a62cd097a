"""The worker's side of runs: lease, supervision, following, finishing, and the monitor that mends what broke."""
