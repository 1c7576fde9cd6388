// [[...]] for a function whose loops are also compiled for wider registers; the fitting one is
// chosen when the program starts. Every clone does the same operations in the same order
// (-ffp-contract=off), so results do not depend on the machine. Internal to the libraries.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define ASSAY_WIDE_CLONES [[gnu::target_clones("arch=x86-64-v4", "avx2", "default")]]
#else
#define ASSAY_WIDE_CLONES
#endif
