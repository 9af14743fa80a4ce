// Linked lists from the heap: build, reverse, sort by merging, drop every third.
#include "torture.h"

struct node {
    struct node *next;
    int value;
};

static struct node *push(struct node *head, int value)
{
    struct node *n = malloc(sizeof *n);
    n->next = head;
    n->value = value;
    return n;
}

static struct node *reverse(struct node *head)
{
    struct node *done = NULL;
    while (head != NULL) {
        struct node *next = head->next;
        head->next = done;
        done = head;
        head = next;
    }
    return done;
}

static struct node *merge(struct node *a, struct node *b)
{
    struct node start, *tail = &start;
    while (a != NULL && b != NULL) {
        struct node **smaller = a->value <= b->value ? &a : &b;
        tail->next = *smaller;
        tail = *smaller;
        *smaller = (*smaller)->next;
    }
    tail->next = a != NULL ? a : b;
    return start.next;
}

static struct node *sort(struct node *head)
{
    if (head == NULL || head->next == NULL)
        return head;
    struct node *slow = head, *fast = head->next;
    while (fast != NULL && fast->next != NULL) {
        slow = slow->next;
        fast = fast->next->next;
    }
    struct node *half = slow->next;
    slow->next = NULL;
    return merge(sort(head), sort(half));
}

TORTURE(lists)
{
    struct node *head = NULL;
    for (int i = 0; i < 200; i++)
        head = push(head, i * 7919 % 1009);
    head = sort(reverse(head));
    int at = 0, sum = 0;
    for (struct node **link = &head; *link != NULL;)
        if (at++ % 3 == 2) {
            struct node *gone = *link;
            *link = gone->next;
            free(gone);
        } else {
            sum = sum * 31 + (*link)->value;
            link = &(*link)->next;
        }
    printf("%d %d %d %d\n", sum, at, head->value, head->next->value);
    while (head != NULL) {
        struct node *next = head->next;
        free(head);
        head = next;
    }
}
