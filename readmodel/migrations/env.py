"""Run by Alembic alone: migrates over the connection that `readmodel.migrating` hands it, in its transaction."""

from alembic import context

from readmodel.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
context.run_migrations()
