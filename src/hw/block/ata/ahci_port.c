/* SPDX-License-Identifier: BSD-2-Clause
 * src/hw/block/ata/ahci_port.c: see ahci_port.h.
 *
 * A command costs two accesses: one that issues it, one that sees its slot free. Its end is looked for in memory,
 * where the drive's register FIS arrives; registers are asked only while that does not come, since a command that
 * reads without DMA ends with none, and so may one that fails.
 */
#include "hw/block/ata/ahci_port.h"
#include "arch/io.h"
#include "arch/phys.h"
#include "hw/block/ata/ata.h"
#include "hw/timer.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "trace/log.h"

#define ENGINE_US	(500 * 1000)	/* of an engine, until it has stopped [10.1.2] */
#define HBA_RESET_US	(1000 * 1000)	/* [10.4.3] */
#define COMRESET_US	1000		/* [10.4.2] */
#define LINK_US		(1000 * 1000)
#define DRIVE_RESET_US	(10 * 1000 * 1000)

#define FIS_DWORDS	5
#define ASK_FIRST	65536		/* looks at memory before registers are asked, then twice as many each time */
#define BAD_STATUS	(ATA_STATUS_BSY | ATA_STATUS_DRQ | ATA_STATUS_DF | ATA_STATUS_ERR)
#define CMD_ON		(AHCI_CMD_FRE | AHCI_CMD_POD | AHCI_CMD_SUD)

static uint32_t get(const struct ahci_port *p, uint32_t reg)
{
	return mmio_read32(p->regs + reg);
}

static void set(const struct ahci_port *p, uint32_t reg, uint32_t value)
{
	mmio_write32(p->regs + reg, value);
}

/* Until all these bits of the register at addr have this value. */
static int wait_for(uint32_t addr, uint32_t bits, uint32_t value, uint32_t limit_us, const char *what)
{
	struct wait wait = wait_start(limit_us, what);

	while ((mmio_read32(addr) & bits) != value)
		if (wait_expired(&wait))
			return -ETIMEDOUT;
	return 0;
}

static void set_addresses(struct ahci_port *p)
{
	p->list[0].table = (uint32_t)ptr_to_phys(&p->table);
	set(p, AHCI_CLB, (uint32_t)ptr_to_phys((const void *)p->list));
	set(p, AHCI_CLBU, 0);	/* a guest's values outlive a reset of QEMU's */
	set(p, AHCI_FB, (uint32_t)ptr_to_phys((const void *)p->received));
	set(p, AHCI_FBU, 0);
}

static void run(struct ahci_port *p)
{
	set(p, AHCI_CMD, CMD_ON | AHCI_CMD_ST);
	p->running = true;
}

void ahci_port_start(struct ahci_port *p)
{
	set_addresses(p);
	run(p);
}

/* Take commands away from the controller [10.3.2]. cmd: CMD with all else as it is. */
static int stop(struct ahci_port *p, uint32_t cmd)
{
	p->running = false;
	set(p, AHCI_CMD, cmd & CMD_ON);
	return wait_for(p->regs + AHCI_CMD, AHCI_CMD_CR, 0, ENGINE_US, "ahci: port to stop");
}

/* All its ports have to be reset afterwards. */
static int reset_controller(struct ahci *ahci)
{
	mmio_write32(ahci->base + AHCI_GHC, AHCI_GHC_AE | AHCI_GHC_HR);
	for (uint32_t i = 0; i < AHCI_PORTS; i++)
		if (ahci->port[i])
			ahci->port[i]->running = false;
	if (wait_for(ahci->base + AHCI_GHC, AHCI_GHC_HR, 0, HBA_RESET_US, "ahci: controller to reset") != 0) {
		/* Its memory must be safe from it nevertheless. */
		pci_write16(ahci->bdf, PCI_COMMAND, 0);
		ahci->dead = true;
		log("ahci: %02x:%02x.%u: neither port nor controller can be stopped; switched off", PCI_BUS(ahci->bdf),
		    PCI_DEV(ahci->bdf), PCI_FN(ahci->bdf));
		return -EIO;
	}
	mmio_write32(ahci->base + AHCI_GHC, AHCI_GHC_AE);
	return 0;
}

/*
 * Stop what receives, too: its address may be written then [10.3.2]. Where it does not run it must not be started for a
 * moment either: the address may be a guest's.
 */
static int stop_all(struct ahci_port *p)
{
	int rc = stop(p, get(p, AHCI_CMD));

	if (rc)
		return rc;
	set(p, AHCI_CMD, AHCI_CMD_POD | AHCI_CMD_SUD);
	return wait_for(p->regs + AHCI_CMD, AHCI_CMD_FR, 0, ENGINE_US, "ahci: receiver to stop");
}

int ahci_port_reset(struct ahci_port *p)
{
	int rc;

	if (p->ahci->dead)
		return -EIO;
	if (stop_all(p) != 0 && reset_controller(p->ahci) != 0)
		return -EIO;
	set_addresses(p);
	set(p, AHCI_CMD, CMD_ON);
	set(p, AHCI_SCTL, AHCI_SCTL_RESET);
	delay_us(COMRESET_US);
	set(p, AHCI_SCTL, AHCI_SCTL_RUN);
	rc = wait_for(p->regs + AHCI_SSTS, AHCI_SSTS_DET, AHCI_DET_LINK, LINK_US, "ahci: link");
	set(p, AHCI_SERR, ~0u);		/* else the drive's first FIS is not taken [10.4.2] */
	if (!rc)
		rc = wait_for(p->regs + AHCI_TFD, ATA_STATUS_BSY | ATA_STATUS_DRQ, 0, DRIVE_RESET_US,
			      "ahci: drive to come out of its reset");
	set(p, AHCI_IS, ~0u);
	if (rc)
		return rc;
	run(p);
	return 0;
}

/* After a command that ended with an error the controller has stopped by itself [6.2.2.1]. */
static void restart(struct ahci_port *p)
{
	if (stop(p, CMD_ON) != 0 || get(p, AHCI_TFD) & (ATA_STATUS_BSY | ATA_STATUS_DRQ)) {
		ahci_port_reset(p);
		return;
	}
	set(p, AHCI_SERR, ~0u);
	set(p, AHCI_IS, ~0u);
	run(p);
}

static void fill(struct ahci_port *p, const struct dma_list *list, uint32_t options)
{
	for (uint32_t i = 0; i < list->count; i++) {
		p->table.prd[i].addr = list->range[i].addr;
		p->table.prd[i].last = list->range[i].len - 1;
	}
	p->list[0].options = FIS_DWORDS | options | list->count << 16;
	p->list[0].bytes = 0;
	p->received[AHCI_RECEIVED_PIO] = p->received[AHCI_RECEIVED_D2H] = 0;
}

/* Is it over by what the registers say, and how? */
static bool over_by_registers(struct ahci_port *p, int *rc)
{
	bool failed = get(p, AHCI_IS) & AHCI_IS_FATAL;

	if (!failed && get(p, AHCI_CI) & 1)
		return false;
	p->taskfile = (uint16_t)get(p, AHCI_TFD);
	*rc = failed || p->taskfile & BAD_STATUS ? -EIO : 0;
	return true;
}

/*
 * Until the drive's register FIS is there: 0. 1: none is, but the command is over, and well; taskfile is filled. -EIO
 * likewise, or -ETIMEDOUT.
 */
static int wait_for_fis(struct ahci_port *p, uint32_t limit_us)
{
	struct wait wait = wait_start(limit_us, "ahci: command");
	uint32_t looks = 0, ask = ASK_FIRST;
	int rc;

	while (p->received[AHCI_RECEIVED_D2H] != AHCI_FIS_D2H) {
		if (p->received[AHCI_RECEIVED_PIO] == AHCI_FIS_PIO || ++looks == ask) {
			ask *= 2;
			if (over_by_registers(p, &rc))
				return rc ? rc : 1;
		}
		if (wait_expired(&wait))
			return -ETIMEDOUT;
	}
	return 0;
}

/* Until the command in slot 0 is over. Fills taskfile, unless it runs out of time. */
static int wait_for_end(struct ahci_port *p, uint32_t limit_us)
{
	const volatile uint8_t *fis = &p->received[AHCI_RECEIVED_D2H];

	if (fis[0] != AHCI_FIS_D2H) {
		int rc = wait_for_fis(p, limit_us);

		if (rc)
			return rc < 0 ? rc : 0;
	}
	p->taskfile = *(const volatile uint16_t *)(fis + 2);
	if (p->taskfile & BAD_STATUS)
		return -EIO;
	return get(p, AHCI_CI) & 1 ? wait_for(p->regs + AHCI_CI, 1, 0, limit_us, "ahci: slot to be free") : 0;
}

/*
 * Is the command in slot 0, issued by us, still the controller's? QEMU shows nothing else of what it is at: the drive's
 * status is that of the command before.
 */
static bool has_command(const struct ahci_port *p)
{
	return get(p, AHCI_CI) & 1 && get(p, AHCI_CMD) & AHCI_CMD_CR && get(p, AHCI_CLB) == (uint32_t)ptr_to_phys((const void *)p->list);
}

int ahci_port_settle(struct ahci_port *p, uint32_t limit_us)
{
	struct wait wait = wait_start(limit_us, "ahci: a command that is under way");

	if (!p->at_it && (p->ahci->dead || p->received[AHCI_RECEIVED_D2H] || p->received[AHCI_RECEIVED_PIO]))
		return 0;	/* fill() clears these: the last command has ended */
	while (has_command(p)) {
		if (p->at_it)
			return -EALREADY;
		if (wait_expired(&wait)) {
			p->running = false;
			p->at_it = true;
			return -EINPROGRESS;
		}
	}
	p->at_it = false;
	return 0;
}

/* It has not ended in time. */
static int give_up(struct ahci_port *p)
{
	p->at_it = has_command(p);
	if (p->at_it) {
		p->running = false;
		return -EINPROGRESS;
	}
	ahci_port_reset(p);
	return -ETIMEDOUT;
}

/* The port is not running. */
static int regain(struct ahci_port *p)
{
	int rc = p->at_it ? ahci_port_settle(p, 0) : 0;

	return rc ? rc : ahci_port_reset(p);
}

int ahci_port_command(struct ahci_port *p, const struct dma_list *list, uint32_t options, uint32_t limit_us)
{
	int rc = 0;

	p->taskfile = 0;
	if (!p->running)
		rc = regain(p);
	if (rc)
		return rc;
	fill(p, list, options);
	io_barrier();
	set(p, AHCI_CI, 1);
	rc = wait_for_end(p, limit_us);
	if (rc == -ETIMEDOUT)
		return give_up(p);
	if (rc)
		restart(p);
	return rc;
}
