// The Linux side of the bench. send ADDR SECONDS: 64-byte UDP frames of one flow. fresh ADDR COUNT PORT: that many, each of its own flow
// (raw socket, own IP header). receive ADDR 0: counts what arrives.
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

static int fresh(in_addr_t dst, long count, int port) {
  int s = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  if (s < 0) return 1;
  int size = 64 << 20;
  setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = dst};
  unsigned char b[46] = {0x45, 0, 0, 46, [8] = 64, [9] = 17};
  memcpy(b + 16, &dst, 4);
  b[22] = port >> 8;
  b[23] = port & 255;
  b[25] = 26;
  for (long i = 0; i < count; i++) {
    unsigned src = htonl(0x0ac80000u + (i >> 8));
    memcpy(b + 12, &src, 4);
    int sport = 10000 + (i & 255);
    b[20] = sport >> 8;
    b[21] = sport & 255;
    if (sendto(s, b, sizeof b, 0, (struct sockaddr *)&to, sizeof to) < 0) i--;
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int sending = strcmp(argv[1], "send") == 0;
  double seconds = atof(argv[3]);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(9)};
  inet_pton(AF_INET, argv[2], &a.sin_addr);
  if (strcmp(argv[1], "fresh") == 0) return fresh(a.sin_addr.s_addr, atol(argv[3]), atoi(argv[4]));
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
