# The studio, served: bulkgen with what it draws with, as a user that may write to /data and nowhere else.
#
#   docker build -t bulkgen .
#   docker run --rm -v bulkgen:/data bulkgen studio keys create website
#   docker run -d -p 8711:8711 -v bulkgen:/data bulkgen
FROM python:3.12-slim

# What skia-python links to.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgl1 libegl1 libexpat1 \
    && rm -rf /var/lib/apt/lists/*

COPY . /src
RUN pip install --no-cache-dir '/src[video,print]' && rm -rf /src

RUN useradd --system --uid 10001 bulkgen && mkdir /data && chown bulkgen /data
USER bulkgen
ENV BULKGEN_HOME=/data
WORKDIR /data
VOLUME /data
EXPOSE 8711

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8711/ready', timeout=4)"]

ENTRYPOINT ["bulkgen"]
CMD ["studio", "--host", "0.0.0.0", "--port", "8711"]
