// Sends 64-byte UDP frames for some seconds (sender), or counts what arrives (receiver): the Linux side of the bench.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int sending = strcmp(argv[1], "send") == 0;
  double seconds = atof(argv[3]);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(9)};
  inet_pton(AF_INET, argv[2], &a.sin_addr);
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  char data[18] = {0};
  if (sending) {
    if (connect(s, (struct sockaddr *)&a, sizeof a)) return 1;
    long n = 0;
    for (double end = now() + seconds; now() < end;)
      for (int i = 0; i < 256; i++) n += send(s, data, sizeof data, 0) == sizeof data;
    printf("%ld\n", n);
    return 0;
  }
  int size = 64 << 20;
  setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  if (bind(s, (struct sockaddr *)&a, sizeof a)) return 1;
  struct timeval wait = {.tv_sec = 1};
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  long n = 0;
  double first = 0, last = 0;
  while (recv(s, data, sizeof data, 0) >= 0) {
    last = now();
    if (n++ == 0) first = last;
  }
  printf("%ld %f\n", n, last - first);
  return 0;
}
