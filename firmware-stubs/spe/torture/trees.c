// A balanced search tree (treap): insert, find, remove, walk.
#include "torture.h"

struct tree {
    struct tree *left, *right;
    int key;
    uint32_t weight;
};

static uint32_t seed = 99;

static struct tree *rotate(struct tree *t, int left)
{
    struct tree *up = left ? t->right : t->left;
    if (left) {
        t->right = up->left;
        up->left = t;
    } else {
        t->left = up->right;
        up->right = t;
    }
    return up;
}

static struct tree *insert(struct tree *t, int key)
{
    if (t == NULL) {
        t = calloc(1, sizeof *t);
        t->key = key;
        t->weight = seed = seed * 69069 + 1;
    } else if (key < t->key) {
        t->left = insert(t->left, key);
        if (t->left->weight > t->weight)
            t = rotate(t, 0);
    } else if (key > t->key) {
        t->right = insert(t->right, key);
        if (t->right->weight > t->weight)
            t = rotate(t, 1);
    }
    return t;
}

static struct tree *remove_key(struct tree *t, int key)
{
    if (t == NULL)
        return NULL;
    if (key < t->key) {
        t->left = remove_key(t->left, key);
    } else if (key > t->key) {
        t->right = remove_key(t->right, key);
    } else if (t->left == NULL || t->right == NULL) {
        struct tree *rest = t->left != NULL ? t->left : t->right;
        free(t);
        return rest;
    } else {
        int left = t->right->weight > t->left->weight;
        t = rotate(t, left);
        if (left)
            t->left = remove_key(t->left, key);
        else
            t->right = remove_key(t->right, key);
    }
    return t;
}

static int walk(const struct tree *t, int depth, int *deepest, uint32_t *sum)
{
    if (t == NULL)
        return 0;
    if (depth > *deepest)
        *deepest = depth;
    int count = walk(t->left, depth + 1, deepest, sum);
    *sum = mix(*sum, (uint32_t)t->key);
    return count + 1 + walk(t->right, depth + 1, deepest, sum);
}

TORTURE(trees)
{
    struct tree *root = NULL;
    for (int i = 0; i < 300; i++)
        root = insert(root, i * 7919 % 2003);
    for (int round = 0; round < 3; round++) {
        int deepest = 0;
        uint32_t sum = 0;
        int count = walk(root, 1, &deepest, &sum);
        printf("%d %d %08x %d\n", count, deepest, (unsigned)sum, root->key);
        for (int i = round; i < 300; i += 4)
            root = remove_key(root, i * 7919 % 2003);
    }
    while (root != NULL)
        root = remove_key(root, root->key);
}
