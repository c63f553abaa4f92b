# The chapter "pod连接主机" with everything but proxy_arp on the host's end: what fails, and how it shows.
MISSING=proxy-arp
# include: chapter-setup

# include: chapter-pings
