/* A counter in C, without a library: what it knows of its host is in sdk/ABI.md.
 *
 * The account holds the address of its owner (32 bytes) and the count (u64). Instructions begin with a byte:
 *   0           the second account, which signs, becomes the owner of the first, which must be all zero
 *   1, u64      adds to the count; the owner signs; returns what it has come to
 */
#include <stdint.h>

#define HOST(name) __attribute__((import_module("sealane"), import_name(#name)))

HOST(log) void sealane_log(const char *text, uint32_t size);
HOST(set_return_data) void sealane_set_return_data(const void *data, uint32_t size);

typedef struct {
    uint32_t version, account_count, accounts_offset, instruction_data_offset;
    uint32_t instruction_data_size, region_size, stack_height, reserved;
    uint8_t program_id[32];
} Header;

typedef struct {
    uint8_t address[32], owner[32];
    uint64_t lamports;
    uint32_t data_offset, data_size, flags, duplicate_of;
    uint64_t reserved;
} Account;

typedef struct {
    uint8_t owner[32];
    uint64_t count;
} Counter;

_Static_assert(sizeof(Header) == 64 && sizeof(Account) == 96 && sizeof(Counter) == 40, "the layouts of the ABI, and ours");

enum { FLAG_SIGNER = 1, FLAG_DUPLICATE = 8 };

/* Errors that all programs have stand above the lower half; those below are our own. */
static const int64_t INVALID_INSTRUCTION_DATA = 3LL << 32;
static const int64_t INVALID_ACCOUNT_DATA = 4LL << 32;
static const int64_t MISSING_REQUIRED_SIGNATURE = 8LL << 32;
static const int64_t ACCOUNT_ALREADY_INITIALIZED = 9LL << 32;
static const int64_t NOT_ENOUGH_ACCOUNT_KEYS = 11LL << 32;
static const int64_t TOO_MUCH = 1;
static const int64_t NOT_YOURS = 2;

static int is_equal(const uint8_t *one, const uint8_t *other) {
    uint8_t difference = 0;
    for (int i = 0; i < 32; i++) difference |= one[i] ^ other[i];
    return difference == 0;
}

static int64_t open(Counter *counter, const Account *owner) {
    for (int i = 0; i < 32; i++)
        if (counter->owner[i] != 0) return ACCOUNT_ALREADY_INITIALIZED;
    __builtin_memcpy(counter->owner, owner->address, 32);
    static const char text[] = "opened";
    sealane_log(text, sizeof text - 1);
    return 0;
}

static int64_t add(Counter *counter, const Account *owner, const uint8_t *argument) {
    if (!is_equal(counter->owner, owner->address)) return NOT_YOURS;
    uint64_t amount; /* instruction data may be unaligned; account data is not */
    __builtin_memcpy(&amount, argument, 8);
    if (__builtin_add_overflow(counter->count, amount, &counter->count)) return TOO_MUCH;
    static const char text[] = "added";
    sealane_log(text, sizeof text - 1);
    sealane_set_return_data(&counter->count, 8);
    return 0;
}

__attribute__((export_name("entrypoint"))) int64_t entrypoint(uint8_t *input) {
    const Header *header = (const Header *)input;
    if (header->account_count < 2) return NOT_ENOUGH_ACCOUNT_KEYS;
    Account *accounts = (Account *)(input + header->accounts_offset);
    /* The first entry is never a duplicate; the second may be one of the first. */
    Account *account = &accounts[0], *owner = &accounts[1];
    if (owner->flags & FLAG_DUPLICATE) owner = &accounts[owner->duplicate_of];
    if (!(owner->flags & FLAG_SIGNER)) return MISSING_REQUIRED_SIGNATURE;
    /* Data of more than 32 KiB would not be in memory; this size is. */
    if (account->data_size != sizeof(Counter)) return INVALID_ACCOUNT_DATA;
    Counter *counter = (Counter *)(uintptr_t)account->data_offset;
    const uint8_t *data = input + header->instruction_data_offset;
    if (header->instruction_data_size == 1 && data[0] == 0) return open(counter, owner);
    if (header->instruction_data_size == 9 && data[0] == 1) return add(counter, owner, data + 1);
    return INVALID_INSTRUCTION_DATA;
}
