/* A straightforward genetic search that processes one image at a time, for comparison in bench/fooling.py.

   fooling WEIGHTS SECONDS STATISTICS    prints the number of images that are bred and scored per second
   WEIGHTS is a file of float64: 100 rows of 784 and 100 biases, 10 rows of 100 and 10 biases, 38 target statistics.
   STATISTICS is 1 if the cost includes the distance from the target statistics, else 0. */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PIXELS = 784, SIDE = 28, HIDDEN = 100, CLASSES = 10, BINS = 10, LAGS = 14, POPULATION = 100, PARENTS = 5, WANTED = 3 };

static double first[HIDDEN][PIXELS], bias[HIDDEN], last[CLASSES][HIDDEN], offset[CLASSES], target[BINS + 2 * LAGS];
static double population[POPULATION][PIXELS], parents[PARENTS][PIXELS], costs[POPULATION];
static uint64_t state = 88172645463325252u;

static double uniform(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (double)(state >> 11) / 9007199254740992.0;
}

/* Draw a pixel from the histogram of the digits, in which most pixels are white paper. */
static double drawn(void) {
  double x = uniform(), total = 0;
  for (int k = 0; k < BINS; k++) {
    total += target[k];
    if (x < total) return (k + uniform()) / BINS;
  }
  return uniform();
}

static double outputs_apart(const double *image) {
  double hidden[HIDDEN], cost = 0;
  for (int i = 0; i < HIDDEN; i++) {
    double z = bias[i];
    for (int j = 0; j < PIXELS; j++) z += first[i][j] * image[j];
    hidden[i] = 1 / (1 + exp(-z));
  }
  for (int i = 0; i < CLASSES; i++) {
    double z = offset[i];
    for (int j = 0; j < HIDDEN; j++) z += last[i][j] * hidden[j];
    cost += fabs(1 / (1 + exp(-z)) - (i == WANTED));
  }
  return cost;
}

static double statistics_apart(const double *image) {
  double counts[BINS] = {0}, cost = 0;
  for (int j = 0; j < PIXELS; j++) {
    int bin = (int)ceil(image[j] * BINS) - 1;
    counts[bin < 0 ? 0 : bin] += 1.0 / PIXELS;
  }
  for (int k = 0; k < BINS; k++) cost += fabs(counts[k] - target[k]) / BINS;
  for (int lag = 1; lag <= LAGS; lag++) {
    double x = 0, y = 0;
    for (int i = 0; i < SIDE; i++)
      for (int j = 0; j + lag < SIDE; j++) {
        x += fabs(image[i * SIDE + j] - image[i * SIDE + j + lag]);
        y += fabs(image[j * SIDE + i] - image[(j + lag) * SIDE + i]);
      }
    cost += fabs(x / (SIDE * (SIDE - lag)) - target[BINS + lag - 1]) / LAGS;
    cost += fabs(y / (SIDE * (SIDE - lag)) - target[BINS + LAGS + lag - 1]) / LAGS;
  }
  return cost;
}

static void choose_parents(void) {
  char taken[POPULATION] = {0};
  for (int k = 0; k < PARENTS; k++) {
    int best = -1;
    for (int i = 0; i < POPULATION; i++)
      if (!taken[i] && (best < 0 || costs[i] < costs[best])) best = i;
    taken[best] = 1;
    memcpy(parents[k], population[best], sizeof parents[k]);
  }
}

static void breed(double *child) {
  int one = (int)(uniform() * PARENTS), other = (one + 1 + (int)(uniform() * (PARENTS - 1))) % PARENTS;
  for (int j = 0; j < PIXELS; j++) {
    child[j] = parents[uniform() > 0.5 ? one : other][j];
    if (uniform() < 0.01) child[j] = drawn();
  }
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int read_all(const char *path) {
  FILE *file = fopen(path, "rb");
  return file && fread(first, sizeof first, 1, file) && fread(bias, sizeof bias, 1, file) && fread(last, sizeof last, 1, file)
      && fread(offset, sizeof offset, 1, file) && fread(target, sizeof target, 1, file);
}

int main(int count, char **arguments) {
  if (count != 4 || !read_all(arguments[1])) return 2;
  double seconds = atof(arguments[2]), begun, passed;
  int statistics = atoi(arguments[3]);
  long scored = 0;
  for (int i = 0; i < POPULATION; i++) {
    for (int j = 0; j < PIXELS; j++) population[i][j] = drawn();
    costs[i] = outputs_apart(population[i]);
  }
  begun = now();
  do {
    choose_parents();
    for (int i = 0; i < POPULATION; i++) {
      breed(population[i]);
      costs[i] = outputs_apart(population[i]) + (statistics ? statistics_apart(population[i]) : 0);
    }
    scored += POPULATION;
  } while ((passed = now() - begun) < seconds);
  printf("%.1f\n", (double)scored / passed);
  return 0;
}
