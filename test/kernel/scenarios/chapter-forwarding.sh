# The chapter "pod连接主机" with everything but ip_forward (as on a host without Docker): what fails, and how it shows.
MISSING=forwarding
# include: chapter-setup

# include: chapter-pings
