/* Feeds 32-bit words from standard input to one test of a TestU01 battery; prints a p-value a line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <testu01/bbattery.h>
#include <testu01/swrite.h>
#include <testu01/unif01.h>

enum { LENGTH = 1 << 18 };
static unsigned int words[LENGTH];
static size_t at = LENGTH;
static int reversed;

static unsigned int reverse(unsigned int x) {
  x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
  x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
  x = (x >> 4 & 0x0f0f0f0fu) | (x & 0x0f0f0f0fu) << 4;
  return __builtin_bswap32(x);
}

static unsigned int next(void) {
  if (at == LENGTH) {
    if (fread(words, 4, LENGTH, stdin) != LENGTH) {
      fprintf(stderr, "the stream ended early\n");
      exit(3);
    }
    at = 0;
  }
  unsigned int word = words[at++];
  return reversed ? reverse(word) : word;
}

int main(int count, char **args) {
  if (count != 4) return 2;
  int repeats[256] = {0};
  repeats[atoi(args[2])] = 1;
  reversed = !strcmp(args[3], "reversed");
  swrite_Basic = FALSE;
  unif01_Gen *generator = unif01_CreateExternGenBits("words", next);
  freopen("/dev/null", "w", stdout);
  if (!strcmp(args[1], "SmallCrush")) bbattery_RepeatSmallCrush(generator, repeats);
  else bbattery_RepeatCrush(generator, repeats);
  for (int i = 0; i < bbattery_NTests; i++)
    fprintf(stderr, "%s\t%.17g\n", bbattery_TestNames[i], bbattery_pVal[i]);
  return 0;
}
