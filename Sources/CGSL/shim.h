#ifndef METAMOB_CGSL_SHIM_H
#define METAMOB_CGSL_SHIM_H

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_roots.h>
#include <gsl/gsl_sf_bessel.h>
#include <gsl/gsl_sf_gamma.h>

/* GSL keeps its algorithms in mutable globals, which Swift rightly refuses to share between
   threads; these functions hand out the pointers, which never change. */
static inline const gsl_integration_fixed_type *metamob_fixed_hermite(void) {
  return gsl_integration_fixed_hermite;
}
static inline const gsl_integration_fixed_type *metamob_fixed_legendre(void) {
  return gsl_integration_fixed_legendre;
}
static inline const gsl_min_fminimizer_type *metamob_min_brent(void) {
  return gsl_min_fminimizer_brent;
}
static inline const gsl_root_fsolver_type *metamob_root_brent(void) {
  return gsl_root_fsolver_brent;
}
static inline const gsl_multimin_fdfminimizer_type *metamob_multimin_bfgs(void) {
  return gsl_multimin_fdfminimizer_vector_bfgs2;
}

#endif
