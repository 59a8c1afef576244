#ifndef METAMOB_CMALLOC_SHIM_H
#define METAMOB_CMALLOC_SHIM_H

#include <malloc.h>

/* Blocks of a mebibyte and more are given back to the system when they are freed. By default the
   C library raises that limit with every such block, and then keeps what a sort has used. */
static inline void metamob_return_large_blocks(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

#endif
