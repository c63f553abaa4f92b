# The chapter "pod连接主机" with everything but the direct route to the pod: what fails, and how it shows.
MISSING=way-back
# include: chapter-setup

# include: chapter-pings
