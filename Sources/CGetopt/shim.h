#ifndef METAMOB_CGETOPT_SHIM_H
#define METAMOB_CGETOPT_SHIM_H

#include <getopt.h>

/* The scanner keeps its place in mutable globals, which Swift rightly refuses to share between
   threads; these functions are called under a lock. */

/* Begins a new scan, without messages of the library's own. */
static inline void metamob_getopt_restart(void) {
  optind = 0;
  opterr = 0;
}

/* The index of the next element of argv. */
static inline int metamob_getopt_place(void) { return optind; }

/* The code of the option to which an error belongs, 0 where it is unknown. */
static inline int metamob_getopt_culprit(void) { return optopt; }

#endif
