/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/pic.h: the two 8259A interrupt controllers.
 * Spec: Intel 8259A data sheet, "Operation Command Words".
 */
#ifndef HW_PIC_H
#define HW_PIC_H

/* Mask all sixteen lines. Two port writes; works before the controllers are set up, too. */
void pic_mask_all(void);

#endif
