#!/bin/sh
# Run once by the PostgreSQL image, on an empty data folder: one database and one role for each
# service. No role can connect to another's database.
set -eu

for service in booking cohort notify; do
    upper=$(printf '%s' "$service" | tr '[:lower:]' '[:upper:]')
    eval "SERVICE_PASSWORD=\${${upper}_DATABASE_PASSWORD:?}"
    export SERVICE_PASSWORD
    psql --set ON_ERROR_STOP=1 --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" \
        --dbname postgres --set role="${ROLE_PREFIX:-grip}_$service" <<'SQL'
\getenv password SERVICE_PASSWORD
CREATE ROLE :"role" LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE DATABASE :"role" OWNER :"role" ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SQL
done
