# The chapter "pod连接主机" with everything but the gateway's namespace: what fails, and how it shows.
MISSING=gateway
# include: chapter-setup

# include: chapter-pings
