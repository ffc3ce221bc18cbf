"""What has been counted, in SQL: tables, migrations, write verbs and named reads."""
