/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/i8042.c: see i8042.h.
 */
#include "hw/i8042.h"
#include "arch/io.h"
#include "hw/timer.h"
#include "lib/errno.h"

#define COMMAND_READ_MODE	0x20
#define COMMAND_WRITE_MODE	0x60
#define COMMAND_KEYS_OFF	0xad
#define COMMAND_KEYS_ON		0xae
#define COMMAND_TO_MOUSE	0xd4

/* The command byte. */
#define MODE_KEYS_INTERRUPT	0x01
#define MODE_MOUSE_INTERRUPTS	0x02
#define MODE_SYSTEM		0x04	/* the self-test was passed */
#define MODE_KEYS_OFF		0x10
#define MODE_MOUSE_OFF		0x20
#define MODE_SET_1		0x40	/* translate scan codes */

#define MOUSE_ACKNOWLEDGE	0xfa
#define MOUSE_RESEND		0xfe
#define MOUSE_ERROR		0xfc

#define QUEUED		256	/* bytes that may wait to be read, more than a controller has */
#define TAKE_US		20000	/* until the controller takes a byte */
#define ANSWER_US	800000	/* of the mouse: its reset takes 500 ms */

/* What waits to be read. */
static void drop(uint8_t status)
{
	for (uint32_t i = 0; i < QUEUED; i++) {
		if (!(status & I8042_STATUS_OUTPUT))
			return;
		inb(I8042_DATA);
		status = inb(I8042_STATUS);
	}
}

bool i8042_init(void)
{
	uint8_t status = inb(I8042_STATUS);

	if (status == I8042_ABSENT)
		return false;
	outb(COMMAND_WRITE_MODE, I8042_COMMAND);
	outb(MODE_SET_1 | MODE_MOUSE_OFF | MODE_SYSTEM | MODE_KEYS_INTERRUPT, I8042_DATA);
	drop(status);	/* untranslated until now */
	return true;
}

/* What the controller says would go to the interrupt handlers of keyboard and mouse. */
static struct wait wait_alone(uint32_t us, const char *what)
{
	struct wait wait = wait_start(us, what);

	wait.alone = true;
	return wait;
}

static int write(uint8_t value, uint16_t port)
{
	struct wait wait = wait_alone(TAKE_US, "i8042: a byte to be taken");

	while (inb(I8042_STATUS) & I8042_STATUS_INPUT)
		if (wait_expired(&wait))
			return -ETIMEDOUT;
	outb(value, port);
	return 0;
}

/* A byte of the keyboard's side (the controller's own too) or of the mouse. Others are dropped. */
static int read(bool mouse, uint8_t *value)
{
	struct wait wait = wait_alone(ANSWER_US, "i8042: an answer");

	for (;;) {
		uint8_t status = inb(I8042_STATUS);

		if (status & I8042_STATUS_OUTPUT) {
			*value = inb(I8042_DATA);
			if (!!(status & I8042_STATUS_MOUSE) == mouse)
				return 0;
		}
		if (wait_expired(&wait))
			return -ETIMEDOUT;
	}
}

static int read_mode(uint8_t *mode)
{
	int rc = write(COMMAND_READ_MODE, I8042_COMMAND);

	return rc ? rc : read(false, mode);
}

static int write_mode(uint8_t mode)
{
	int rc = write(COMMAND_WRITE_MODE, I8042_COMMAND);

	return rc ? rc : write(mode, I8042_DATA);
}

/* Bytes of a movement may stand before the acknowledgement. */
static int send_byte(uint8_t value)
{
	int rc = write(COMMAND_TO_MOUSE, I8042_COMMAND);
	uint8_t answer;

	if (!rc)
		rc = write(value, I8042_DATA);
	for (uint32_t i = 0; i < QUEUED; i++) {
		if (rc)
			return rc;
		rc = read(true, &answer);
		if (rc)
			return rc;
		if (answer == MOUSE_ACKNOWLEDGE)
			return 0;
		if (answer == MOUSE_RESEND || answer == MOUSE_ERROR)
			return -EIO;
	}
	return -EIO;
}

static int talk(const uint8_t *send, uint32_t sent, uint8_t *take, uint32_t taken)
{
	int rc = 0;

	for (uint32_t i = 0; i < sent; i++) {
		rc = send_byte(send[i]);
		if (rc)
			return rc;
	}
	for (uint32_t i = 0; i < taken; i++) {
		rc = read(true, &take[i]);
		if (rc)
			return rc;
	}
	return rc;
}

int i8042_mouse(const uint8_t *send, uint32_t sent, uint8_t *take, uint32_t taken, enum i8042_mouse after)
{
	uint8_t mode;
	int rc, written;

	if (inb(I8042_STATUS) == I8042_ABSENT)
		return -ENODEV;
	/* A key that is in the controller already would be taken for its mode. */
	rc = write(COMMAND_KEYS_OFF, I8042_COMMAND);
	if (rc)
		return rc;
	drop(inb(I8042_STATUS));
	rc = read_mode(&mode);
	if (rc)
		return rc;
	mode &= ~MODE_KEYS_OFF;
	rc = write_mode((mode & ~(MODE_MOUSE_INTERRUPTS | MODE_MOUSE_OFF)) | MODE_KEYS_OFF);
	if (!rc)
		rc = talk(send, sent, take, taken);
	if (after == I8042_MOUSE_ON && !rc)
		mode = (mode & ~MODE_MOUSE_OFF) | MODE_MOUSE_INTERRUPTS;
	if (after == I8042_MOUSE_OFF)
		mode = (mode & ~MODE_MOUSE_INTERRUPTS) | MODE_MOUSE_OFF;
	written = write_mode(mode);
	return rc ? rc : written;
}

/* While keys are off the answer interrupts nobody; a key on its way waits in the keyboard. */
int i8042_forget(void)
{
	uint8_t status = inb(I8042_STATUS), mode;
	int rc, on;

	if (status == I8042_ABSENT)
		return -ENODEV;
	rc = write(COMMAND_KEYS_OFF, I8042_COMMAND);
	if (rc)
		return rc;
	rc = inb(I8042_STATUS) & I8042_STATUS_OUTPUT ? -EBUSY : read_mode(&mode);
	on = write(COMMAND_KEYS_ON, I8042_COMMAND);
	return rc ? rc : on;
}
