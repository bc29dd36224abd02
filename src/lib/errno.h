/* SPDX-License-Identifier: BSD-2-Clause
 * src/lib/errno.h: error numbers, returned negative. The values are Linux's, so that a
 * host build may include <errno.h> beside this file.
 */
#ifndef LIB_ERRNO_H
#define LIB_ERRNO_H

#define ENOENT		2	/* no such item */
#define EIO		5	/* the device failed */
#define ENXIO		6	/* there, but out of reach */
#define EBUSY		16	/* in use, or not ready yet */
#define ENOMEM		12	/* no memory of that kind left */
#define EEXIST		17	/* there already */
#define ENODEV		19	/* no such device */
#define EINVAL		22	/* malformed */
#define ENOSPC		28	/* a table or window is full */
#define EROFS		30	/* the medium takes no writes */
#define ERANGE		34	/* outside the object */
#define EOVERFLOW	75	/* the value does not fit its field */
#define EOPNOTSUPP	95	/* understood, but not possible here */
#define EALREADY	114	/* an earlier one is still in progress: nothing was begun */
#define EINPROGRESS	115	/* begun, and not over when the bounded wait was */
#define ETIMEDOUT	110	/* the bounded wait ran out */
#define ENOMEDIUM	123	/* no medium in the drive */

#endif
