# One image for every process: `grip migrate`, `grip serve SERVICE`, `grip work SERVICE`.

FROM python:3.12.12-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements/run.txt /tmp/run.txt
RUN /opt/venv/bin/pip install --no-cache-dir --no-input --require-hashes --only-binary :all: \
        --requirement /tmp/run.txt \
    && rm -rf /opt/venv/lib/python3.12/site-packages/pip*

FROM python:3.12.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin grip
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/srv/grip \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
COPY --from=packages /opt/venv /opt/venv
COPY pyproject.toml LICENSE /srv/grip/
COPY deploy/healthy.py /srv/grip/deploy/healthy.py
COPY shared /srv/grip/shared
COPY simulation /srv/grip/simulation
COPY services /srv/grip/services
RUN python -m compileall -q /srv/grip /opt/venv/lib
WORKDIR /srv/grip
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# Web processes are asked how they are by docker-compose.yml; a worker has no port to ask at.
HEALTHCHECK NONE
ENTRYPOINT ["python", "-m", "services"]
CMD ["--help"]
