"""Who is affected: package matches and findings."""
