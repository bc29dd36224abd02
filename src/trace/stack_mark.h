/* SPDX-License-Identifier: BSD-2-Clause
 * src/trace/stack_mark.h: how deep stacks were used. Memory below a stack is 0 at first: the lowest word that is not tells.
 * The firmware's own is cleared by every start (src/post/world.c), an option ROM's before it is called.
 */
#ifndef TRACE_STACK_MARK_H
#define TRACE_STACK_MARK_H

#include <stdint.h>

/* Bytes of a stack of size bytes below top that were used; both multiples of 4. */
uint32_t stack_used(uint32_t top, uint32_t size);

/*
 * POST is over and something is booted that calls services: what was used so far is kept in the timeline, and its memory
 * cleared below what is in use, so that from now on the mark is the services'. Once; again, it does nothing.
 */
void stack_mark_post(void);

#endif
