"""What the figures become for people: tables, reports, posters, the public page, award readiness."""
