# The chapter "pod连接主机" with every step.
MISSING=nothing
# include: chapter-setup

# include: chapter-pings
