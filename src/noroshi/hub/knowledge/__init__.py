"""What is known: sources, documents as received, records, vulnerabilities, assessments."""
