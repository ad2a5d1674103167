"""What an answer is, and how one is made from passages."""
