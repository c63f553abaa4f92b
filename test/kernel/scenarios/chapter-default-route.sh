# The chapter "pod连接主机" with everything but the host's default route: what fails, and how it shows.
MISSING=default-route
# include: chapter-setup

# include: chapter-pings
