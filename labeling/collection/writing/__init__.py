"""What there is to know about prompts that labelers write, apart from storing them."""
