"""The triggers that keep append-only tables so, and the search index, as the first release made them."""

APPEND_ONLY = ("event_log", "archived_history", "withdrawn_decision")

# REPLACE deletes the row in its way without asking a DELETE trigger, unless the connection wishes otherwise.
SQLITE_GUARDS = (
    "CREATE TRIGGER {0}_no_update BEFORE UPDATE ON {0} BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END",
    """CREATE TRIGGER {0}_no_delete BEFORE DELETE ON {0} WHEN NOT ({2})
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
    """CREATE TRIGGER {0}_no_replace BEFORE INSERT ON {0} WHEN EXISTS (SELECT 1 FROM {0} WHERE {1})
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END""",
)
SAME_ROW = {
    "event_log": (
        "position = NEW.position OR (incident_id = NEW.incident_id AND first_number = NEW.first_number)"
    ),
    "archived_history": "position = NEW.position OR run_id = NEW.run_id",
    "withdrawn_decision": "position = NEW.position",
}
# A row of the event log may go when all of it stands among the withdrawn decisions.
MAY_GO = {
    "event_log": (
        "EXISTS (SELECT 1 FROM withdrawn_decision WHERE log_position = OLD.position AND hash = OLD.hash)"
    ),
}
SQLITE_SEARCH = (
    """CREATE VIRTUAL TABLE incident_grams USING fts5(
    grams, content='incident_text', content_rowid='position', detail=none, columnsize=0, tokenize='ascii')""",
    """CREATE TRIGGER incident_text_comes AFTER INSERT ON incident_text
    BEGIN INSERT INTO incident_grams(rowid, grams) VALUES (NEW.position, NEW.grams); END""",
    """CREATE TRIGGER incident_text_goes AFTER DELETE ON incident_text
    BEGIN INSERT INTO incident_grams(incident_grams, rowid, grams) VALUES ('delete', OLD.position, OLD.grams); END""",
)
POSTGRESQL_SEARCH = (
    "CREATE INDEX incident_text_grams ON incident_text USING gin (to_tsvector('simple',"
    " grams)) WITH (fastupdate = off)"
)
POSTGRESQL_REFUSAL = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
)
POSTGRESQL_GUARD = (
    "CREATE TRIGGER {0}_append_only BEFORE UPDATE OR TRUNCATE ON {0}"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
)
POSTGRESQL_KEEPING = (
    "CREATE TRIGGER {0}_no_delete BEFORE DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION refuse_delete_of_{0}()"
)
POSTGRESQL_REFUSAL_OF_DELETE = (
    "CREATE FUNCTION refuse_delete_of_{0}() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN IF {1} THEN RETURN OLD; END IF;"
    " RAISE EXCEPTION '{0} is append-only'; END $$"
)
