"""What a person may see of prompts, batches and assignments."""
